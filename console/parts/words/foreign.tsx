import { markHidden } from '../../model/texts/hidden-marks.ts'

/**
 * A text that somebody else wrote: names, reasons, actors, paths, prompts. It is isolated from the direction of the text
 * around it, and characters that would not be seen stand as boxes.
 */
export function Foreign({ text }: { text: string }) {
  return (
    <bdi>
      <Pieces text={text} />
    </bdi>
  )
}

/** The same for an element that holds nothing else, such as a line: it needs no element of its own. */
export function Pieces({ text }: { text: string }) {
  return (
    <>
      {markHidden(text).map((piece) =>
        'text' in piece ? piece.text : <HiddenMark key={piece.at} name={piece.name} />,
      )}
    </>
  )
}

function HiddenMark({ name }: { name: string }) {
  return (
    <span class="hidden-mark" title={name}>
      {name.split(' ')[0]}
    </span>
  )
}
