"""Chapter 18: reinforcement learning for language, from a choice among ten to a tuned writer.

- :mod:`~nlpcourse.learning.reinforcement.bandits` – one choice, many times: epsilon-greedy, UCB1,
  Thompson sampling, and what theory says of their regret;
- :mod:`~nlpcourse.learning.reinforcement.testbed` – the ten-armed testbed of Sutton and Barto;
- :mod:`~nlpcourse.learning.reinforcement.openings` – ten openings of film opinions as arms;
- :mod:`~nlpcourse.learning.reinforcement.game` – a small text game, told in sentences;
- :mod:`~nlpcourse.learning.reinforcement.world` – the same game as a gymnasium environment;
- :mod:`~nlpcourse.learning.reinforcement.q_learning` – value iteration, and Q-learning, which
  finds the same values by playing;
- :mod:`~nlpcourse.learning.reinforcement.policy_gradient` – REINFORCE on a problem small enough
  for the exact gradient;
- :mod:`~nlpcourse.learning.reinforcement.writer` – a small language model that writes opinions;
- :mod:`~nlpcourse.learning.reinforcement.rewards` – who judges what it wrote;
- :mod:`~nlpcourse.learning.reinforcement.objectives` – REINFORCE, PPO and DPO as losses;
- :mod:`~nlpcourse.learning.reinforcement.frontier` – the best reward that a distance can buy;
- :mod:`~nlpcourse.learning.reinforcement.recipes` – what ``nlpcourse train`` trains.
"""
