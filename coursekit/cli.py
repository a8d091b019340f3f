"""The command line. Each command is a thin door to a function that works without it."""

# ruff: noqa: E402
from coursekit.names import look_there_last

LEFT_OUT = look_there_last()  # before anything is imported that a file of somebody's may hide

import os
import sys
from functools import partial
from pathlib import Path

import click

from coursekit import __version__
from coursekit.screen import fit_any_encoding, one_line, printable


class OneLine(click.ClickException):
    """An error that the user can mend: one line on stderr, exit status 1."""


class Commands(click.Group):
    """Commands whose output is safe to print and fits a stream of any encoding."""

    def main(self, *args, **how):
        fit_any_encoding()
        return super().main(*args, **how)

    def invoke(self, context):
        try:
            return super().invoke(context)
        except click.ClickException as error:
            error.message = one_line(error.message)
            raise


def say(text, err=False):
    """Print what may hold a file's name, a learner's words or an exception's."""
    click.echo(printable(text), err=err)


def _show_version(context, _, wanted):
    if wanted and not context.resilient_parsing:
        from coursekit.commit import commit

        known = commit()
        say(f"coursekit, version {__version__}" + (f" (commit {known})" if known else ""))
        context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version,
              help="Show the version, with the commit where it is known, and exit.")  # fmt: skip
def main():
    """An interactive course on computer vision and neural networks."""
    for sentence in LEFT_OUT:
        say(sentence, err=True)


@main.command()
@click.argument("folder", default="coursekit-course", type=click.Path())
@click.option("--no-browser", is_flag=True, help="Print the address instead of opening it.")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Default: the first free one from 8888."
)
@click.option("--host", default="localhost", show_default=True, help="Address to listen on.")
def lab(folder, no_browser, port, host):
    """Lay the course out in FOLDER and open it in JupyterLab.

    FOLDER is ./coursekit-course unless you name one. Files that you changed are never
    overwritten. Started by a JupyterHub, it is a learner's server there.
    """
    from coursekit.lab import LabError, lay_out
    from coursekit.lab_server import on_a_hub, start

    try:
        try:
            for sentence in lay_out(folder):
                say(sentence)
        except LabError as error:
            if not (on_a_hub() and Path(folder).is_dir()):
                raise
            say(error, err=True)  # a learner whose disk is full gets in, to make room
        sys.exit(start(folder, browser=not no_browser, port=port, host=host, say=say))
    except LabError as error:
        raise OneLine(str(error)) from error


@main.command()
def doctor():
    """Say whether everything that the course needs works here, and what mends it."""
    from coursekit.doctor import examine

    failed = False
    for finding in examine():
        say(finding)  # at once: the next one may take a minute
        failed |= finding.needed and not finding.ok
    sys.exit(failed)


@main.command("check")
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False))
def check_command(folder):
    """Run all notebooks of FOLDER and show the marks of all their checks in one table.

    FOLDER is the current one unless you name another. Exit status 0 says that every check passed.

    For work that you trust, such as your own: the notebooks run here, without a sandbox, and can
    do whatever you can do. For the work of others there is `coursekit grade`.
    """
    from tqdm import tqdm

    from coursekit.checks.folder import check_folder
    from coursekit.homes import usable

    try:
        with usable():
            summary, troubles = check_folder(folder, progress=partial(tqdm, unit="notebook"))
    except ValueError as error:
        raise OneLine(str(error)) from error
    if summary.rows:
        say(summary)
    for name, why in troubles.items():
        say(f"{one_line(name)} {one_line(why)}", err=True)
    sys.exit(bool(troubles) or not summary.passed)


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when an exercise is out of date.")
@click.option("--new", metavar="NAME", help="Only write ./solutions/NAME.ipynb, one to start from.")
def exercises(check, new):
    """Write ./exercises from ./solutions: the same notebooks without the answers."""
    from coursekit.grading import stale_exercises, write_exercises
    from coursekit.grading.own_exercise import write_own_exercise

    try:
        if new:
            notebook, checks = write_own_exercise(new, "solutions")
            say(f"wrote {notebook}, and its checks in {checks}")
            return
        names = (stale_exercises if check else write_exercises)("solutions", "exercises")
    except (ValueError, OSError) as error:
        raise OneLine(str(error)) from error
    for name in names:
        say(one_line(f"out of date: {name}" if check else f"wrote {name}"))
    sys.exit(bool(check and names))


@main.command()
@click.argument("folder", type=click.Path())
@click.option("-o", "--output", default="results", show_default=True, type=click.Path(),
              metavar="RESULTS", help="Folder for all results; NAME.csv: one table.")  # fmt: skip
@click.option("--exercise", help="Mark this one only: its number (07) or its name.")
@click.option("--student", help="Mark this one only; the results of all the others are kept.")
@click.option("--resume", is_flag=True, help="Mark only what is left, what is new, what changed.")
@click.option("--manual", type=click.Path(exists=True, dir_okay=False), metavar="CSV",
              help="A person's marks: student, task, points, comment.")  # fmt: skip
@click.option("--deadline", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]),
              metavar="TIME", help="Later is late: 2026-11-20 or '2026-11-20 18:30'.")  # fmt: skip
@click.option("--late-percent", type=click.FloatRange(0, 100), default=10, show_default=True,
              help="Off for every day begun after the deadline.")  # fmt: skip
@click.option("--handed-in", type=click.Path(exists=True, dir_okay=False), metavar="CSV",
              help="When work came in: student, time. Else the time of the file.")  # fmt: skip
@click.option("--gradebook", type=click.Path(dir_okay=False), metavar="DB",
              help="Fill nbgrader's gradebook.db as well.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), help="Workers. Default: one for each processor.")
@click.option("--sandbox", type=click.Choice(["auto", "bwrap", "landlock", "rlimit"]),
              default="auto", show_default=True, help="What holds the submissions.")  # fmt: skip
@click.option("--dask", metavar="ADDRESS", help="Mark on this Dask cluster, not here.")
@click.option("--allow-unsandboxed", is_flag=True, help="Also without a real sandbox.")
def grade(folder, output, jobs, deadline, late_percent, handed_in, **how):
    """Mark a FOLDER of submissions; write points, reasons and feedback into RESULTS.

    FOLDER holds <student>.ipynb, <student>/<exercise>.ipynb or, as nbgrader has it,
    <student>/<assignment>/<exercise>.ipynb. Questions and points are those of ./solutions when
    that folder is there, else those of the installed exercises.
    """
    from tqdm import tqdm

    from coursekit.grading import grade_folder
    from coursekit.grading.adjust import LateRule, read_times
    from coursekit.lab import course_part
    from coursekit.systems import MAC_LIMITS

    if sys.platform == "darwin":
        say(MAC_LIMITS, err=True)
    teachers = Path("solutions") if Path("solutions").is_dir() else course_part("exercises")
    how |= {"jobs": jobs or os.cpu_count() or 1, "progress": partial(tqdm, unit=" submissions")}
    how["say"] = partial(say, err=True)
    try:
        if deadline:
            times = read_times(handed_in) if handed_in else {}
            how["late"] = LateRule(deadline.timestamp(), late_percent, times)
        students, left, table = grade_folder(folder, teachers, output, **how)
    except ValueError as error:
        raise OneLine(str(error)) from error
    except OSError as error:
        raise OneLine(f"cannot write {output}: {error.strerror or error}") from error
    if left:
        raise OneLine(f"stopped with {left} submissions left; --resume goes on with them")
    say(f"{students} student{'s'[: students != 1]} marked, see {table}")


@main.command()
@click.argument("folder", type=click.Path())
@click.option("-o", "--output", default="similar.csv", show_default=True, type=click.Path())
@click.option("--exercise", help="This one only: its number (07) or its name.")
def similar(folder, output, exercise):
    """List pairs of submissions in FOLDER whose code is alike, for a person to look at.

    Being alike is no proof of anything: short tasks have few solutions, and some learn in pairs.
    """
    from coursekit.grading.similar import write_similar
    from coursekit.lab import course_part

    teachers = Path("solutions") if Path("solutions").is_dir() else course_part("exercises")
    try:
        pairs = write_similar(folder, teachers, output, exercise)
    except ValueError as error:
        raise OneLine(str(error)) from error
    except OSError as error:
        raise OneLine(f"cannot write {output}: {error.strerror or error}") from error
    say(f"{pairs} pairs to look at, see {output}")


@main.command()
@click.argument("out", type=click.Path())
@click.option("--repository", metavar="URL",
              help="https://github.com/OWNER/NAME, for buttons to Colab and Binder.")  # fmt: skip
@click.option("--pyodide", type=click.Path(exists=True, file_okay=False), metavar="DIR",
              help="Pyodide's distribution, to be a part of the site.")  # fmt: skip
def site(out, repository, pyodide):
    """Write the course into the folder OUT as web pages that need no Python.

    The lectures are run once. A site that is already in OUT is replaced when the new one is
    complete; any other folder is left alone.
    """
    from coursekit.site import SiteError, build_site

    try:
        for complaint in build_site(out, repository=repository, pyodide=pyodide):
            say(complaint, err=True)
    except SiteError as error:
        raise OneLine(str(error)) from error
    say(f"the site is in {out}; open {Path(out) / 'index.html'} or put it on a web server")


if __name__ == "__main__":
    main()
