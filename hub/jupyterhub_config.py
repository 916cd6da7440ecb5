"""JupyterHub for a class: one container a student, from the image of the Dockerfile beside it.

Beside JupyterHub itself it needs ``dockerspawner`` and ``jupyterhub-nativeauthenticator`` on the
machine that runs the hub; the students need neither.
"""

import os
from pathlib import Path

RELEASE = Path(os.environ.get("NLPCOURSE_RELEASE", "release")).resolve()
"""The folder that `nlpcourse assign` made."""

# A release with numbers of their own has a folder for each student, named as their account.
own = any(path.is_dir() for path in (RELEASE / "student").glob("*"))
handed_out = RELEASE / "student" / ("{username}" if own else ".")

c = get_config()  # noqa: F821
c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
c.JupyterHub.authenticator_class = "native"
c.JupyterHub.hub_connect_ip = os.environ.get("NLPCOURSE_HUB_ADDRESS", "")
c.NativeAuthenticator.open_signup = False
c.Authenticator.admin_users = set(os.environ.get("NLPCOURSE_ADMINS", "").split())
c.Authenticator.allow_all = True  # all accounts that the instructor has let in

c.DockerSpawner.image = os.environ.get("NLPCOURSE_IMAGE", "nlpcourse-hub")
c.DockerSpawner.remove = True
c.DockerSpawner.notebook_dir = "/home/student/work"
c.DockerSpawner.volumes = {
    "nlpcourse-{username}": "/home/student/work",
    str(handed_out): {"bind": "/home/student/handed-out", "mode": "ro"},
}
c.DockerSpawner.mem_limit = "4G"  # the largest chapter takes less than three
c.DockerSpawner.cpu_limit = 1.0
c.DockerSpawner.environment = {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
c.DockerSpawner.extra_host_config = {"pids_limit": 512}
c.Spawner.default_url = "/lab"
