import type { RefObject } from 'preact'
import { Foreign } from '../words/foreign.tsx'
import type { ValueFinding } from './field-props.ts'

interface SummaryProps {
  findings: readonly ValueFinding[]
  box: RefObject<HTMLElement>
}

/** What is wrong with the values, all in one place; it takes the focus after an attempt. */
export function Summary({ findings, box }: SummaryProps) {
  if (findings.length === 0) return null
  return (
    <section class="problem" ref={box} tabIndex={-1} aria-label="What to correct">
      <p>
        {findings.length === 1
          ? '1 value is missing or wrong'
          : `${findings.length} values are missing or wrong`}
      </p>
      <ul>
        {findings.map(({ field, message, hint }) => (
          <li key={`${field} ${message}`}>
            <button type="button" class="quiet is-text" onClick={() => focusOn(field)}>
              <Foreign text={message} />
            </button>
            {hint && (
              <span class="soft">
                {' '}
                <Foreign text={hint} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Leads to the field of a value, or to the field that the value stands in. */
function focusOn(path: string): void {
  for (let place = path; place !== ''; place = place.replace(/(^|\.)[^.[]*$|\[\d+\]$/, '')) {
    const field = document.querySelector(`[data-path=${CSS.escape(place)}]`)
    const control = field?.querySelector<HTMLElement>('input, select, textarea, button')
    control?.focus()
    if (control) return
  }
}
