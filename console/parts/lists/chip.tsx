import { Foreign } from '../words/foreign.tsx'

/** A filter of the address that has no field of its own; a press takes it out. */
export function Chip({ name, value, remove }: { name: string; value: string; remove: () => void }) {
  return (
    <button type="button" class="chip" onClick={remove}>
      {name} <Foreign text={value} /> <span aria-hidden="true">×</span>
      <span class="visually-hidden">, remove this filter</span>
    </button>
  )
}
