import type { ComponentChildren } from 'preact'
import { useContext, useId } from 'preact/hooks'
import type { Field } from '../../model/plans/form-of-schema.ts'
import type { Entries } from '../../model/plans/value-of-form.ts'
import { Foreign } from '../words/foreign.tsx'
import { type FieldProps, Findings } from './field-props.ts'
import { ListInput } from './list-input.tsx'
import { ValueInput } from './value-input.tsx'

/** A field with its label, its help, and what the server says about its value. */
export function FieldView(props: FieldProps) {
  const { field, path, entry, change } = props
  const id = useId()
  const faults = useContext(Findings).filter(({ field: place }) => isAt(place, path, field))
  const notes = <Notes id={`${id}-help`} field={field} faults={faults} />
  if (field.shape === 'group' || field.shape === 'list')
    return (
      <fieldset class="group" data-path={path}>
        <legend>
          <Label field={field} />
        </legend>
        <div class="inner">
          {notes}
          <Members {...props} />
        </div>
      </fieldset>
    )
  return (
    <div class="stacked" data-path={path}>
      <label for={id}>
        <Label field={field} />
      </label>
      <ValueInput
        field={field}
        entry={entry}
        change={change}
        id={id}
        describedBy={`${id}-help`}
        isWrong={faults.length > 0}
      />
      {notes}
    </div>
  )
}

function Members({ field, path, entry, change }: FieldProps) {
  if (field.shape === 'list')
    return (
      <ListInput field={field} item={field.item} path={path} entry={entry} change={change} draw={FieldView} />
    )
  if (field.shape !== 'group') return null
  return (
    <Fields
      fields={field.fields}
      path={path}
      entries={(entry ?? {}) as Entries}
      change={change as (entries: Entries) => void}
    />
  )
}

/** The fields of an object. */
export function Fields({ fields, path, entries, change }: FieldsProps) {
  return (
    <>
      {fields.map((field) => (
        <FieldView
          key={field.key}
          field={field}
          path={path === '' ? field.key : `${path}.${field.key}`}
          entry={entries[field.key]}
          change={(entry) => change({ ...entries, [field.key]: entry })}
        />
      ))}
    </>
  )
}

interface FieldsProps {
  fields: readonly Field[]
  path: string
  entries: Entries
  change: (entries: Entries) => void
}

/** A field of JSON shows what is wrong anywhere inside of it. */
function isAt(place: string, path: string, { shape }: Field): boolean {
  if (place === path) return true
  return shape === 'json' && path !== '' && (place.startsWith(`${path}.`) || place.startsWith(`${path}[`))
}

function Label({ field: { title, key, isRequired, isSecret, shape } }: { field: Field }) {
  const words = [isRequired ? 'needed' : '', isSecret ? 'secret' : '', shape === 'json' ? 'JSON' : '']
  return (
    <>
      <Foreign text={title} />
      {title !== key && key !== '' && (
        <>
          {' '}
          <code class="soft field-key">
            <Foreign text={key} />
          </code>
        </>
      )}{' '}
      <span class="soft">{words.filter((word) => word !== '').join(', ')}</span>
    </>
  )
}

interface NotesProps {
  id: string
  field: Field
  faults: readonly { message: string; hint?: string }[]
}

function Notes({ id, field, faults }: NotesProps): ComponentChildren {
  const { help, examples, standard, isSecret } = field
  return (
    <span id={id} class="notes">
      {help && (
        <span class="soft">
          <Foreign text={help} />
        </span>
      )}
      {!isSecret && standard !== undefined && field.shape !== 'choice' && (
        <span class="soft">
          without a value: <Foreign text={print(standard)} />
        </span>
      )}
      {!isSecret && examples.length > 0 && (
        <span class="soft">
          such as <Foreign text={examples.map(print).join(', ')} />
        </span>
      )}
      {faults.map(({ message, hint }) => (
        <span key={message} class="fault">
          <Foreign text={hint ? `${message}: ${hint}` : message} />
        </span>
      ))}
    </span>
  )
}

const print = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
