"""What the page says itself, by language."""

from __future__ import annotations

from dataclasses import dataclass

from generator.wording import is_known, spoken_language

SCRIPTED = (
    *("language", "play", "pause", "position_of", "left", "heard", "quiet"),
    *("loading", "unheard", "broken", "keeping", "kept", "removed", "not_kept"),
)
"""What the page's script says."""


@dataclass(frozen=True)
class Words:
    """One language. What stands in braces is filled in, some of it by the page's script."""

    language: str
    skip: str
    total: str
    one_track: str
    chapters: str
    transcript: str
    quiet: str
    """A pause in the transcript."""
    player: str
    play: str
    pause: str
    back: str
    ahead: str
    earlier: str
    later: str
    position: str
    position_of: str
    speed: str
    sleep: str
    sleep_off: str
    sleep_chapter: str
    sleep_track: str
    left: str
    heard: str
    unheard: str
    """A track that the page cannot play."""
    broken: str
    """A track whose sound ends before it should."""
    loading: str
    for_you: str
    """On a private page."""
    keep: str
    keeping: str
    kept: str
    remove: str
    removed: str
    not_kept: str
    feed: str
    feed_private: str
    """Beside it on a private page."""
    danger: str
    """Before where a person in danger is pointed to."""
    keys: str


_WORDS = {
    "en": Words(
        language="en",
        skip="Skip to the tracks",
        total="{number} tracks, {time}",
        one_track="{time}",
        chapters="Chapters",
        transcript="Transcript",
        quiet="{time} of quiet",
        player="Player",
        play="Play",
        pause="Pause",
        back="Back 15 seconds",
        ahead="Forward 30 seconds",
        earlier="Previous chapter",
        later="Next chapter",
        position="Position",
        position_of="{at} of {length}",
        speed="Speed",
        sleep="Sleep timer",
        sleep_off="off",
        sleep_chapter="chapter’s end",
        sleep_track="track’s end",
        left="{time} left",
        heard="Heard",
        unheard="This track cannot be played now. Play tries it again.",
        broken="The sound of this track breaks off here.",
        loading="Loading…",
        for_you="Made for you alone. Nothing of it stays on this device unless you ask.",
        keep="Keep on this device, {size} MB",
        keeping="Keeping {done} of {number}…",
        kept="Kept on this device, to be heard without a connection.",
        remove="Remove from this device",
        removed="Removed from this device.",
        not_kept="It could not be kept: there was no connection, or no room.",
        feed="Listen in a podcast app",
        feed_private="Its address is as private as this page: whoever has it can listen.",
        danger="If you are not safe",
        keys=(
            "Space plays and pauses. The arrow keys go back 15 seconds or forward 30, with Shift to"
            " another chapter. In the transcript, up and down move and Enter plays from there."
        ),
    ),
    "es": Words(
        language="es",
        skip="Ir a las pistas",
        total="{number} pistas, {time}",
        one_track="{time}",
        chapters="Capítulos",
        transcript="Transcripción",
        quiet="{time} de silencio",
        player="Reproductor",
        play="Reproducir",
        pause="Pausar",
        back="Retroceder 15 segundos",
        ahead="Avanzar 30 segundos",
        earlier="Capítulo anterior",
        later="Capítulo siguiente",
        position="Posición",
        position_of="{at} de {length}",
        speed="Velocidad",
        sleep="Temporizador para dormir",
        sleep_off="no",
        sleep_chapter="fin del capítulo",
        sleep_track="fin de la pista",
        left="quedan {time}",
        heard="Escuchada",
        unheard="Ahora no se puede reproducir esta pista. Reproducir lo intenta de nuevo.",
        broken="El sonido de esta pista se interrumpe aquí.",
        loading="Cargando…",
        for_you="Hecha solo para ti. Nada queda en este dispositivo si no lo pides.",
        keep="Guardar en este dispositivo, {size} MB",
        keeping="Guardando {done} de {number}…",
        kept="Guardada en este dispositivo, para escucharla sin conexión.",
        remove="Quitar de este dispositivo",
        removed="Quitada de este dispositivo.",
        not_kept="No se pudo guardar: no había conexión, o no había espacio.",
        feed="Escuchar en una aplicación de pódcast",
        feed_private="Su dirección es tan privada como esta página: quien la tenga puede escuchar.",
        danger="Si no estás a salvo",
        keys=(
            "La barra espaciadora reproduce y pausa. Las flechas retroceden 15 segundos o avanzan"
            " 30, con Mayús a otro capítulo. En la transcripción, arriba y abajo la recorren e"
            " Intro reproduce desde allí."
        ),
    ),
}


def words(language: str) -> Words:
    """The words of a BCP 47 language, or the English ones."""
    return _WORDS[spoken_language(language) if is_known(language) else "en"]


def lasting(length_ms: int) -> str:
    """How long something is, for a person: ``40 s``, ``1 min 20 s``, ``15 min``, ``4 h 5 min``."""
    seconds = round(length_ms / 1000)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 180:
        return f"{seconds // 60} min {seconds % 60} s".removesuffix(" 0 s")
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min".removeprefix("0 h ").removesuffix(" 0 min")
