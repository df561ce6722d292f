import type { Field } from '../../model/plans/form-of-schema.ts'
import type { Entry } from '../../model/plans/value-of-form.ts'

interface ValueProps {
  field: Field
  entry: Entry
  change: (entry: Entry) => void
  id: string
  describedBy: string
  isWrong: boolean
}

/** The control of one value. The server judges what is typed, so the browser's own checks are not asked. */
export function ValueInput({ field, entry, change, id, describedBy, isWrong }: ValueProps) {
  const text = typeof entry === 'string' ? entry : ''
  const common = {
    id,
    value: text,
    'aria-describedby': describedBy,
    'aria-invalid': isWrong,
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) => change(currentTarget.value),
    autocomplete: 'off',
    spellcheck: false,
  }
  if (field.isSecret) return <input type="password" {...common} />
  if (field.shape === 'choice')
    return (
      <select id={id} value={text} {...pick(common)} onChange={common.onInput}>
        <option value="">
          {field.standard === undefined ? '–' : `${print(field.standard)}, the default`}
        </option>
        {field.options.map((option, at) => (
          <option key={JSON.stringify(option)} value={String(at)}>
            {print(option)}
          </option>
        ))}
      </select>
    )
  if (field.shape === 'json') return <textarea rows={3} class="is-code" {...common} />
  if (field.shape === 'text' && field.isLong) return <textarea rows={4} {...common} />
  return <input inputMode={field.shape === 'number' ? 'decimal' : undefined} {...common} />
}

const pick = (common: { 'aria-describedby': string; 'aria-invalid': boolean }) => ({
  'aria-describedby': common['aria-describedby'],
  'aria-invalid': common['aria-invalid'],
})

const print = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
