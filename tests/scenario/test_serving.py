"""Nodes that are served: the process beside the pages, and three nodes that share a folder."""

import contextlib
import multiprocessing
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from tests.scenario import nodes as play

from homeward.node import jobs
from homeward.node.models import Job

pytest.importorskip("granian", reason="needs the extra web")
SECONDS = 90


def wait_until(is_so, what):
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if is_so():
            return
        time.sleep(0.1)
    pytest.fail(what)


def test_the_process_of_the_jobs_is_started_again_and_goes_on_where_it_died(at_stage):
    from homeward.node.web.runner import running_beside

    world = at_stage("opened")
    node = world.at("UA")

    def ask(number):
        arguments = {"import_id": number}
        job_id = f"job-{number}"
        return jobs.ask(node, "list.undo", arguments, actor="a", now=world.tick(), id=job_id)

    def has_ended(job):
        return lambda: Job.objects.get(id=job.id).state == "failed"  # there is no such import

    with running_beside(node.home, play.PASSPHRASE, post=None):
        wait_until(has_ended(ask(901)), "the first job does not end")
        second = ask(902)
        wait_until(has_ended(second), "the second job does not end")
        (process,) = multiprocessing.active_children()
        # As if it had died in the middle of its work.
        Job.objects.filter(id=second.id).update(state="running", begun_count=1)
        process.kill()
        wait_until(has_ended(second), "what ran is not begun again")
        assert Job.objects.get(id=second.id).begun_count == 2
    assert multiprocessing.active_children() == []


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def command(*words):
    return [sys.executable, "-m", "homeward", *map(str, words)]


def checkpoint(port):
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port}/verify/checkpoint", timeout=10
        ) as answer:
            return answer.read().decode()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return ""


def test_three_served_nodes_carry_what_is_signed_to_one_another(at_stage, tmp_path):
    world = at_stage("opened")
    homes = {party: node.home for party, node in world.nodes.items()}
    size = world.size("AE")
    play.home.close_node()
    post = tmp_path / "post"
    post.mkdir()
    ports = {party: free_port() for party in homes}
    with contextlib.ExitStack() as ending:
        for party, node in homes.items():
            words = command("serve", "--home", node, "--port", ports[party], "--post", post)
            log = ending.enter_context((tmp_path / f"{party}.log").open("wb"))
            server = ending.enter_context(subprocess.Popen(words, stdout=log, stderr=log))
            ending.callback(server.terminate)
        for port in ports.values():
            wait_until(lambda port=port: checkpoint(port), "a node is not served")
        for party in play.BUREAUS:
            signed = command("case", "sign", play.CASE, "--home", homes[party])
            subprocess.run(signed, check=True, capture_output=True, env={**os.environ})

        def have_all():
            sizes = {checkpoint(port).splitlines()[1] for port in ports.values()}
            return sizes == {str(size + 2)}

        wait_until(have_all, "what was signed does not reach all")
    assert not (post / "refused").exists()
