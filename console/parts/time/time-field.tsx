import { useRef } from 'preact/hooks'

interface FieldProps {
  at: string
  go: (at: string) => void
}

/** Takes a time with its zone, as the API does; whether it is one is for the server to say. */
export function TimeField({ at, go }: FieldProps) {
  const field = useRef<HTMLInputElement>(null)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const text = field.current?.value.trim() ?? ''
    if (text !== '') go(text)
  }
  return (
    <form class="time-form" onSubmit={submit}>
      <input
        ref={field}
        type="text"
        class="time-field"
        defaultValue={at}
        spellcheck={false}
        autocomplete="off"
        aria-label="Time, with its zone"
        placeholder="2026-11-01T10:00+01:00"
        title="Such as 2026-11-01T10:00+01:00, 2026-11-01T09:00Z or 2026-11-01"
      />
      <button type="submit">Go</button>
    </form>
  )
}
