import { useEffect, useRef, useState } from 'preact/hooks'
import { findLines, nameOfLine } from '../../model/differences/find-lines.ts'
import type { PatchLine } from '../../model/differences/patch-lines.ts'

interface FindProps {
  path: string
  lines: readonly PatchLine[]
  /** Shows a line, by its name. */
  show: (name: string | undefined) => void
}

/** Finds text in a long change, whose lines are in the page only while they are near the screen. */
export function FindInPatch({ path, lines, show }: FindProps) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const field = useRef<HTMLInputElement>(null)
  useFindKey(field)
  const hits = findLines(lines, text)
  const go = (to: number, found = hits) => {
    const next = found.length === 0 ? 0 : (to + found.length) % found.length
    setAt(next)
    const line = found[next]
    show(line && nameOfLine(path, line))
  }
  const type = (typed: string) => {
    setText(typed)
    go(0, findLines(lines, typed))
  }
  return (
    <search class="find">
      <input
        ref={field}
        type="search"
        aria-label={`Find in ${path}`}
        placeholder="Find in this file"
        title="Ctrl+F comes here, because the browser finds only what is near the screen. Press it again for the browser’s own."
        value={text}
        onInput={({ currentTarget }) => type(currentTarget.value)}
        onKeyDown={({ key, shiftKey }) => key === 'Enter' && go(at + (shiftKey ? -1 : 1))}
      />
      <span class="soft" role="status">
        {text !== '' &&
          (hits.length === 0
            ? 'not found'
            : `${(at + 1).toLocaleString('en')} of ${hits.length.toLocaleString('en')}`)}
      </span>
      {hits.length > 1 && <Steps go={(step) => go(at + step)} />}
    </search>
  )
}

function Steps({ go }: { go: (step: number) => void }) {
  return (
    <>
      <button type="button" class="quiet" aria-label="Previous hit" onClick={() => go(-1)}>
        <span aria-hidden="true">↑</span>
      </button>
      <button type="button" class="quiet" aria-label="Next hit" onClick={() => go(1)}>
        <span aria-hidden="true">↓</span>
      </button>
    </>
  )
}

/** Ctrl+F goes to the field of the first file on the screen; from that field it is the browser's. */
function useFindKey(field: { readonly current: HTMLInputElement | null }): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== 'f' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
      const fields = [...document.querySelectorAll<HTMLInputElement>('.find input')]
      if (fields.some((one) => one === document.activeElement)) return
      const isSeen = (one: HTMLElement) => (one.closest('.file')?.getBoundingClientRect().bottom ?? 0) > 64
      if ((fields.find(isSeen) ?? fields.at(-1)) !== field.current) return
      event.preventDefault()
      field.current?.select()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [field])
}
