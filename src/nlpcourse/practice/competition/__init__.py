"""Chapter 39: a competition with a hidden test, its leaderboard, and how both are gamed."""
