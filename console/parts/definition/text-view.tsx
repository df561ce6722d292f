import { useState } from 'preact/hooks'
import { foldText } from '../../model/texts/fold-text.ts'
import { plural } from '../../model/texts/plural.ts'
import { markVariables } from '../../model/texts/variable-marks.ts'
import { Foreign, Pieces } from '../words/foreign.tsx'

/** A text as it is: never interpreted, with its variables marked. A long one is folded. */
export function TextView({ path, text }: { path: string; text: string }) {
  const [isOpen, setOpen] = useState(false)
  const { shown, lines, isFolded } = foldText(text)
  return (
    <section class="file" id={path} aria-label={path}>
      <h3 class="file-head">
        <code class="file-name">
          <Foreign text={path} />
        </code>
        <span class="soft count">{plural(lines, 'line')}</span>
      </h3>
      <pre class="text">
        {markVariables(isOpen ? text : shown).map(({ at, text: piece, isVariable }) =>
          isVariable ? <mark key={at}>{piece}</mark> : <Pieces key={at} text={piece} />,
        )}
      </pre>
      {isFolded && (
        <p class="file-note is-foot">
          <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Fold' : `Show all ${plural(lines, 'line')}`}
          </button>
          {!isOpen && <span class="soft">{text.length.toLocaleString('en')} characters</span>}
        </p>
      )}
    </section>
  )
}
