import { markHidden } from '../../model/texts/hidden-marks.ts'
import { hostsInPunycode } from '../../model/texts/punycode-hosts.ts'

/**
 * A text that somebody else wrote: names, reasons, actors, paths, prompts. It is isolated from the direction of the text
 * around it, characters that would not be seen stand as boxes, and a host that looks like another one is named in Punycode.
 */
export function Foreign({ text }: { text: string }) {
  const hosts = hostsInPunycode(text)
  return (
    <>
      <bdi>
        <Pieces text={text} />
      </bdi>
      {hosts.length > 0 && <span class="soft"> ({hosts.join(', ')})</span>}
    </>
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
