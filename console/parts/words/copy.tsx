import { useRef, useState } from 'preact/hooks'

/** Copies a text; where the browser allows no clipboard, the text is selected for the reader to copy. */
export function Copy({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false)
  const field = useRef<HTMLElement>(null)
  const copy = async () => {
    if (await writeClipboard(text)) {
      setCopied(true)
      setTimeout(() => setCopied(false), 1500)
    } else if (field.current) getSelection()?.selectAllChildren(field.current)
  }
  return (
    <button
      type="button"
      class="quiet copy"
      onClick={copy}
      aria-label={`Copy ${label}`}
      title={`Copy ${label}`}
    >
      <span ref={field} class="visually-hidden">
        {text}
      </span>
      <CopySign done={copied} />
      <span class="visually-hidden" role="status">
        {copied ? `Copied ${label}` : ''}
      </span>
    </button>
  )
}

/** Two sheets, or a tick. */
function CopySign({ done }: { done: boolean }) {
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" class="sign" aria-hidden="true">
      <path d={done ? 'M3 8.5 6.5 12 13 4.5' : 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3'} />
    </svg>
  )
}

/** A command of the CLI, to copy. */
export function Command({ text }: { text: string }) {
  return (
    <span class="command">
      <code>{text}</code>
      <Copy text={text} label="the command" />
    </span>
  )
}

async function writeClipboard(text: string): Promise<boolean> {
  if (!('clipboard' in navigator)) return false
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  )
}
