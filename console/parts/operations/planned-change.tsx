import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { PreviewItem } from '../../data/operations.ts'
import { countRisks } from '../../model/differences/count-risks.ts'
import { plural } from '../../model/texts/plural.ts'
import { FieldChangeList } from '../diff/field-changes.tsx'
import { PatchView } from '../diff/patch-view.tsx'
import { RiskRows } from '../diff/risk-list.tsx'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'
import { Tag } from '../words/tag.tsx'

type Change = Pick<PreviewItem, 'kind' | 'id' | 'note' | 'draft' | 'diff' | 'risks' | 'breaks'> & {
  action: PreviewItem['action'] | 'unchanged'
}

interface PlannedChangeProps {
  change: Change
  /** Where the definition is shown. */
  to?: string
  /** What stands before the risks, such as findings. */
  children?: ComponentChildren
}

const ACTIONS: Readonly<Record<Change['action'], { word: string; tone: 'live' | 'attention' | 'danger' }>> = {
  add: { word: 'new', tone: 'live' },
  change: { word: 'changed', tone: 'live' },
  unchanged: { word: 'unchanged', tone: 'live' },
  stale: { word: 'stale', tone: 'attention' },
  held: { word: 'held', tone: 'attention' },
  refused: { word: 'refused', tone: 'danger' },
}

/** What a publish would do to one definition: risks first, then what would break, then what changes. */
export function PlannedChange({ change, to, children }: PlannedChangeProps) {
  const { kind, id, action, note, draft, diff, risks, breaks } = change
  const { word, tone } = ACTIONS[action]
  const name = <Foreign text={`${kind}/${id}`} />
  return (
    <section class="planned" aria-label={`${kind}/${id}`}>
      <h2 class="planned-head">
        {to ? <Link to={to}>{name}</Link> : <span>{name}</span>}
        <Tag tone={tone}>{word}</Tag>
        {draft && <Tag tone="attention">draft</Tag>}
        {risks.length > 0 && <span class="soft count">{countRisks(risks)}</span>}
      </h2>
      {note && (
        <p class="soft note">
          <Foreign text={note} />
        </p>
      )}
      {children}
      <RiskRows risks={risks} />
      {breaks.length > 0 && (
        <p class="note is-danger">
          Would break <Foreign text={breaks.join(', ')} />
        </p>
      )}
      {diff && diff.fields.length > 0 && <FieldChangeList fields={diff.fields} />}
      {diff && diff.files.length > 0 && <ChangedFiles files={diff.files} />}
    </section>
  )
}

function ChangedFiles({ files }: Pick<NonNullable<Change['diff']>, 'files'>) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <p class="note">
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Fold' : 'Show'} {plural(files.length, 'changed file')}
        </button>
      </p>
      {isOpen &&
        files.map((file) => <PatchView key={file.path} file={file} isSplit={false} showsBlanks target="" />)}
    </>
  )
}
