"""The detectors that can be asked: each follows its log from before the trigger and gives a verdict."""
