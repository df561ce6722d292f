import { Foreign } from './foreign.tsx'

/** Names of variables as prompts write them. */
const PIECES = /\{\{\s*[\w.]+\s*\}\}|[^{]+|\{/g

/** A text as it is: never interpreted, with its variables marked. */
export function TextView({ path, text }: { path: string; text: string }) {
  return (
    <section class="file" id={path}>
      <h3 class="file-head">
        <code>
          <Foreign text={path} />
        </code>
        <span class="soft count">{text.split('\n').length - (text.endsWith('\n') ? 1 : 0)} lines</span>
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text scrolls, also by keyboard */}
      <pre class="text" tabIndex={0}>
        {piecesOf(text).map(({ at, piece, isVariable }) =>
          isVariable ? <mark key={at}>{piece}</mark> : <Foreign key={at} text={piece} />,
        )}
      </pre>
    </section>
  )
}

function piecesOf(text: string) {
  return [...text.matchAll(PIECES)].map(({ 0: piece, index }) => ({
    at: index,
    piece,
    isVariable: piece.length > 1 && piece.startsWith('{{'),
  }))
}
