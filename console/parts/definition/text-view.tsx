import { useState } from 'preact/hooks'
import { foldText } from '../../model/texts/fold-text.ts'
import { plural } from '../../model/texts/plural.ts'
import { useLoaded } from '../states/later.tsx'
import { Skeleton } from '../states/skeleton.tsx'
import { Foreign } from '../words/foreign.tsx'
import { Variables } from '../words/variables.tsx'

/** The view of Markdown is loaded when it is opened. */
const MARKDOWN = () => import('./markdown-view.tsx')

function Rendered({ text }: { text: string }) {
  const View = useLoaded(MARKDOWN)
  return View ? <View text={text} /> : <Skeleton />
}

interface TextViewProps {
  path: string
  text: string
  /** Whether Markdown is shown as its author means it. */
  isRendered: boolean
}

/** A text as it is: never interpreted, with its variables marked; or, where it is asked for, as Markdown. A long one is folded. */
export function TextView({ path, text, isRendered }: TextViewProps) {
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
      {isRendered && path.endsWith('.md') ? (
        <Rendered text={isOpen ? text : shown} />
      ) : (
        <pre class="text">
          <Variables text={isOpen ? text : shown} />
        </pre>
      )}
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
