"""Chapter 32: T5, a ladder of small files.

``relative.py`` says how far apart two tokens stand, ``layers.py`` and ``model.py`` build the
network, ``hugging_face.py`` takes weights from the library and gives them back.
``corruption.py`` makes questions of running text, ``vocabulary.py`` the numbers of its pieces,
``mixing.py`` a timetable of tasks; ``tasks.py`` holds the four tasks, ``pretraining.py`` and
``teaching.py`` train on both.
"""
