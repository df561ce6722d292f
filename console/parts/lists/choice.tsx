interface ChoiceProps {
  label: string
  value: string
  /** Values with their names. */
  options: readonly (readonly [string, string])[]
  choose: (value: string) => void
}

/** One of several values; the label is for screen readers, because the values say what they are. */
export function Choice({ label, value, options, choose }: ChoiceProps) {
  return (
    <label>
      <span class="visually-hidden">{label}</span>
      <select value={value} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {options.map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}
