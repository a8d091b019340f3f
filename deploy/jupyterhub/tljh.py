"""The Littlest JupyterHub: /opt/tljh/config/jupyterhub_config.d/coursekit.py"""

c = get_config()  # noqa: F821, JupyterHub gives it

# Lays the course out in ~/coursekit-course, never over a changed file, and is the server.
c.Spawner.cmd = ["/opt/tljh/user/bin/coursekit", "lab", "coursekit-course", "--no-browser"]
# One thread for each kernel: a class shares the processors, and each thread costs memory.
c.Spawner.environment = {"OPENBLAS_NUM_THREADS": "1"}
# When a class starts at once, the last server waits for all the others.
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
