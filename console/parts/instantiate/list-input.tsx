import type { ComponentType } from 'preact'
import type { Field } from '../../model/plans/form-of-schema.ts'
import type { Entry } from '../../model/plans/value-of-form.ts'
import type { FieldProps } from './field-props.ts'

interface ListProps {
  field: Field
  item: Field
  path: string
  entry: Entry
  change: (entry: Entry) => void
  /** Draws an item. */
  draw: ComponentType<FieldProps>
}

/** The items of a list, each with its own field. */
export function ListInput({ field, item, path, entry, change, draw: Item }: ListProps) {
  const items = Array.isArray(entry) ? (entry as readonly Entry[]) : []
  return (
    <>
      {items.map((one, at) => (
        <div key={`${path}[${at}]`} class="item">
          <Item
            field={{ ...item, title: `${field.title} ${at + 1}`, isRequired: false }}
            path={`${path}[${at}]`}
            entry={one}
            change={(next) => change(items.map((before, place) => (place === at ? next : before)))}
          />
          <button
            type="button"
            class="quiet"
            aria-label={`Remove ${field.title} ${at + 1}`}
            onClick={() => change(items.filter((_one, place) => place !== at))}
          >
            <span aria-hidden="true">×</span>
          </button>
        </div>
      ))}
      <button type="button" onClick={() => change([...items, ''])}>
        Add
      </button>
    </>
  )
}
