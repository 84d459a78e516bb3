"""Many visitors at once, each with a picture of their own: is anybody shown another's?

They speak to the server as a browser does, over Streamlit's websocket, and draw nothing: fifty
real browsers would measure this machine, not the app.
"""

from __future__ import annotations

import base64
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from urllib.request import Request, urlopen
from uuid import uuid4

from PIL import Image
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.FileUploader_pb2 import FileUploader
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from tests.app.scenes import digit_on_paper

NO_XSRF = {"STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION": "false"}  # of the server: there is no cookie
DIGITS = (2, 3, 7)
TURNS = 2
PAPER_GREEN, PAPER_BLUE, DARKEST_RED = 243, 236, 190  # the paper's red is the visitor's number
CORNER_PX = (40, 40)  # of the shown picture: paper, no ink and no frame
ANSWER_S = 120
PICTURE_ALT = "Your picture, its ink marked and framed"
BOUNDARY = "a-part-of-the-form"


class Visitor:
    """One of the crowd, with a session of its own."""

    def __init__(self, address: str, number: int) -> None:
        """Open the Predict page; the colour of the paper tells the visitor's `number`."""
        self._address, self._number = address, number
        self._socket = connect(
            f"{address.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]  # a plain str at run time
            origin=address,  # type: ignore[arg-type]
            max_size=None,
            ping_interval=None,  # a busy server answers pings late
        )
        self._session = self._page = ""
        self._field: FileUploader | None = None
        self._run(BackMsg())

    def __enter__(self) -> Visitor:
        """The visitor, on the page."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave the page."""
        self._socket.close()

    def faults(self, turn: int) -> list[str]:
        """Give a digit, and say what is shown that is not this visitor's own."""
        digit = DIGITS[(self._number + turn) % len(DIGITS)]
        paper_rgb = (DARKEST_RED + self._number, PAPER_GREEN, PAPER_BLUE)
        name = f"visitor_{self._number}_{digit}.png"
        shown = self._run(self._sending(name, digit_on_paper(digit, paper_rgb)))
        said = [one.heading.body for one in shown if one.WhichOneof("type") == "heading"]
        pictures = [
            picture
            for one in shown
            if one.WhichOneof("type") == "imgs"
            for picture in one.imgs.imgs
            if PICTURE_ALT in str(picture)
        ]
        found = [] if f"It is a {digit}" in said else [f"answers {said}, not {digit}"]
        found += [] if len(pictures) == 1 else [f"{len(pictures)} pictures"]
        for picture in pictures:
            colour = colour_of(picture.url)
            found += [] if colour == paper_rgb else [f"paper {colour}, not {paper_rgb}"]
            found += [] if name in picture.caption else [f"file {picture.caption}, not {name}"]
        return found

    def _sending(self, name: str, data: bytes) -> BackMsg:
        """Send a file, and make the message that says so."""
        ask = BackMsg()
        ask.file_urls_request.request_id = uuid4().hex
        ask.file_urls_request.file_names.append(name)
        ask.file_urls_request.session_id = self._session
        self._socket.send(ask.SerializeToString())
        place = self._next("file_urls_response").file_urls_response.file_urls[0]
        put_file(f"{self._address}{place.upload_url}", name, data)
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        if self._field is None:
            raise LookupError("Expected a field for files on the page. Received: none.")
        state.id = self._field.id
        file = state.file_uploader_state_value.uploaded_file_info.add()
        file.file_id, file.name, file.size = place.file_id, name, len(data)
        file.file_urls.CopyFrom(place)
        return message

    def _run(self, message: BackMsg) -> list[Element]:
        """Let the page run; returns what it shows in the end."""
        message.rerun_script.query_string = "source=upload"
        message.rerun_script.page_name = "" if self._page else "predict"
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.context_info.locale = "en-GB"
        self._socket.send(message.SerializeToString())
        shown: dict[tuple[int, ...], Element] = {}
        while True:
            answer = self._next()
            kind = answer.WhichOneof("type")
            if kind == "new_session":
                self._session, shown = answer.new_session.initialize.session_id, {}
            elif kind == "navigation":
                self._page = answer.navigation.page_script_hash
            elif kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                element = answer.delta.new_element
                shown[tuple(answer.metadata.delta_path)] = element
                if element.WhichOneof("type") == "file_uploader":
                    self._field = element.file_uploader
            elif kind == "script_finished" and not answer.script_finished:
                return list(shown.values())

    def _next(self, kind: str | None = None) -> ForwardMsg:
        """The server's next message, or its next one of that kind."""
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(bytes(self._socket.recv(timeout=ANSWER_S)))  # type: ignore[arg-type]
            if kind in (None, answer.WhichOneof("type")):
                return answer


def put_file(url: str, name: str, data: bytes) -> None:
    """Upload a file as a browser does, as a form of one part."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
    body = head.encode() + b"Content-Type: image/png\r\n\r\n" + data
    request = Request(url, body + f"\r\n--{BOUNDARY}--\r\n".encode(), method="PUT")  # noqa: S310
    request.add_header("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    urlopen(request, timeout=ANSWER_S).close()  # noqa: S310


def colour_of(address: str) -> tuple[int, ...]:
    """The colour of the paper in a picture given as a ``data:`` address."""
    picture = Image.open(BytesIO(base64.b64decode(address.partition(",")[2])))
    colour = picture.convert("RGB").getpixel(CORNER_PX)
    return tuple(colour) if isinstance(colour, tuple) else ()


def crowd_figures(address: str, count: int) -> dict[str, float]:
    """Let `count` visitors give two pictures each, all at the same time."""
    everybody = threading.Barrier(count)

    def visit(number: int) -> tuple[list[str], float]:
        faults, slowest_s = [], 0.0
        with Visitor(address, number) as visitor:
            for turn in range(TURNS):
                everybody.wait(ANSWER_S)
                started = time.perf_counter()
                faults += visitor.faults(turn)
                slowest_s = max(slowest_s, time.perf_counter() - started)
        return faults, slowest_s

    with ThreadPoolExecutor(count) as pool:
        visits = list(pool.map(visit, range(count)))
    faults = [fault for found, _seconds in visits for fault in found]
    for fault in faults:
        print("FAULT", fault)
    name = f"{count} sessions at once"
    slowest_s = max(seconds for _found, seconds in visits)
    return {f"{name}, wrong or mixed up": len(faults), f"{name}, until all answered, s": slowest_s}
