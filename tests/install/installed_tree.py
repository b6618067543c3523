"""installed_tree.py CMAKE BUILD_FOLDER VERSION: installs into a scratch folder and uses the program from there."""
import os
import re
import subprocess
import sys
import tempfile

PREFIX = "/usr/local"
FILES = [
    "bin/signalbox", "lib/signalbox/plugins/redis.so", "lib/signalbox/plugins/whitelist.so",
    "lib/signalbox/plugins/socketio.so", "lib/signalbox/plugins/websocket.so", "lib/signalbox/plugins/sse.so",
    "lib/signalbox/plugins/webhook.so", "lib/signalbox/plugins/oauth.so", "lib/signalbox/plugins/echo_api.so",
    "lib/signalbox/plugins/auth.so",
    "share/signalbox/signalbox.js",
    "include/sbx/sbx.h", "include/sbx/sbx_extensions.h", "include/sbx/sbx_visitors.h", "include/sbx/sbx.hpp",
    "share/doc/signalbox/README.md", "share/doc/signalbox/CHANGELOG.md", "share/doc/signalbox/LICENSE",
    "share/doc/signalbox/docs/CONFIGURATION.md", "share/signalbox/examples/quickstart.yaml",
]


def run(*command, **more):
    """Standard output of a command that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **more)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def main():
    cmake, build, version = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        run(cmake, "--install", build, "--prefix", PREFIX, env={**os.environ, "DESTDIR": scratch})
        root = scratch + PREFIX
        missing = [name for name in FILES if not os.path.isfile(os.path.join(root, name))]
        if missing:
            sys.exit("not installed: " + ", ".join(missing))
        modules = sorted(os.listdir(root + "/lib/signalbox/plugins"))
        if modules != ["auth.so", "echo_api.so", "oauth.so",
                       "redis.so", "socketio.so", "sse.so", "webhook.so", "websocket.so", "whitelist.so"]:
            sys.exit(f"plugins that are not ours are installed: {modules}")

        # Nothing but the tree itself says where the plugins are.
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("SIGNALBOX", "REDIS"))}
        program, elsewhere = root + "/bin/signalbox", {"env": clean, "cwd": scratch}
        told = run(program, "--version", **elsewhere)
        if version not in told or told.count("\n") != 1:
            sys.exit(f"--version is one line with {version}, not {told!r}")
        told = run(program, "plugins", **elsewhere)
        for name in ("redis", "webhook", "oauth", "echo_api", "whitelist", "auth", "socketio", "websocket", "sse"):
            if name not in told:
                sys.exit(f"`signalbox plugins` does not know {name}:\n{told}")
        run(program, "check", root + "/share/signalbox/examples/quickstart.yaml", **elsewhere)

        # What the README shows first is what people type first.
        with open(root + "/share/doc/signalbox/README.md", encoding="utf-8") as readme:
            pipeline = re.search(r"^```yaml\n(.*?)^```", readme.read(), re.M | re.S).group(1)
        with open(scratch + "/first.yaml", "w", encoding="utf-8") as file:
            file.write(pipeline)
        elsewhere["env"] = {**clean, "REDIS_URL": "redis://127.0.0.1:6379", "PUBLISH_KEY": "a-key-of-this-test-only"}
        run(program, "check", "first.yaml", **elsewhere)
    print(f"{len(FILES)} files are there; the program runs from {PREFIX} of a scratch folder and finds its plugins")


if __name__ == "__main__":
    main()
