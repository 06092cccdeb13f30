import os
from pathlib import Path

import pytest

from core.domain.errors import DocumentRefused
from knowledge.documents import Document
from knowledge.parsers.limits import Limits
from knowledge.sources.folder import FolderSource
from knowledge.sources.parsing import parsed
from tests.knowledge.sources.reading import everything, only_refusal, uris


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "docs"
    (home / "help" / "deep").mkdir(parents=True)
    (home / "b.md").write_text("# B\n\ntext")
    (home / "a.txt").write_text("text")
    (home / "help" / "deep" / "c.html").write_text("<p>text</p>")
    return home


async def test_files_come_in_order_with_paths_below_the_folder(folder: Path) -> None:
    assert await uris(FolderSource(folder)) == ["a.txt", "b.md", "help/deep/c.html"]


async def test_one_file_is_known_by_its_name(folder: Path) -> None:
    assert await uris(FolderSource(folder / "help" / "deep" / "c.html")) == ["c.html"]


async def test_hidden_files_and_other_kinds_are_left_out_and_counted(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "x.md").write_text("x")
    (folder / ".hidden.md").write_text("x")
    (folder / "a.png").write_bytes(b"x")
    (folder / "Makefile").write_text("x")
    source = FolderSource(folder)

    assert len(await everything(source)) == 3
    assert source.notices() == (
        "2 left out: hidden",
        "1 left out: kind not read (.png)",
        "1 left out: kind not read (none)",
    )


async def test_a_broken_file_is_refused_by_name_and_the_rest_goes_on(folder: Path) -> None:
    (folder / "help" / "bad.json").write_text("{")

    found = await everything(FolderSource(folder))

    assert [str(one) for one in found if isinstance(one, DocumentRefused)] == [
        "help/bad.json: it is not valid JSON (it ends too early)"
    ]
    assert len(found) == 4


async def test_a_file_of_200_megabytes_is_refused_without_being_read(folder: Path) -> None:
    with (folder / "huge.txt").open("wb") as file:
        file.truncate(200_000_000)

    *_, refused = [
        one for one in await everything(FolderSource(folder)) if isinstance(one, DocumentRefused)
    ]

    assert str(refused) == "huge.txt: it has 200.0 MB, more than the 20 MB that are read"


async def test_links_do_not_lead_out_of_the_folder(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "s.md").write_text("secret")
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    (folder / "links").symlink_to(tmp_path / "secrets")
    (folder / "loop").symlink_to(folder)
    (folder / "inside.md").symlink_to(folder / "b.md")
    source = FolderSource(folder)

    assert await uris(source) == ["a.txt", "b.md", "inside.md", "help/deep/c.html"]
    assert source.notices() == ("1 left out: links out of the folder",)


async def test_a_pipe_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")

    found = [str(one) for one in await everything(FolderSource(folder))]

    assert "pipe.txt: it is not a regular file" in found


async def test_a_dangling_link_is_refused(folder: Path) -> None:
    (folder / "z.txt").symlink_to(folder / "nothing.txt")

    assert "cannot be opened" in str((await everything(FolderSource(folder)))[2])


async def test_names_that_are_no_text_can_be_stored(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.txt")).write_text("text")
    (folder / "cafe\u0301.md").write_text("text")

    found = await uris(FolderSource(folder))

    assert [uri.encode().decode() for uri in found] == found
    assert "caf\u00e9.md" in found


async def test_a_missing_path_and_an_empty_folder_say_so(tmp_path: Path) -> None:
    assert (
        await only_refusal(FolderSource(tmp_path / "nothing")) == "there is no such file or folder"
    )
    assert await only_refusal(FolderSource(tmp_path)) == "there is no file in it that can be read"


async def test_a_file_that_takes_too_long_is_given_up() -> None:
    raw = b"a\n\n" * 400_000

    refused = await parsed("slow.txt", raw, "slow.txt", Limits(parse_s=0.01))

    assert isinstance(refused, DocumentRefused)
    assert "takes longer than" in refused.why


@pytest.mark.slow
async def test_the_sample_company_s_documents_are_all_read() -> None:
    folder = Path(__file__).parents[3] / "deploy" / "sample" / "documents"

    found = await everything(FolderSource(folder))

    assert [one for one in found if isinstance(one, DocumentRefused)] == []
    assert len(found) >= 30
    assert all(isinstance(one, Document) and one.sections for one in found)
