import { useState } from 'preact/hooks'
import { useSearch } from 'wouter-preact'
import { type Comparison, compareLocal } from '../data/compare.ts'
import type { LocalFile } from '../data/dropped-files.ts'
import { useKinds } from '../data/queries.ts'
import { type DroppedDefinition, findDefinitions } from '../model/definitions/dropped-folders.ts'
import { buildCommand } from '../model/moves/shell-command.ts'
import { plural } from '../model/texts/plural.ts'
import { DropZone } from '../parts/operations/drop-zone.tsx'
import { FindingList } from '../parts/operations/finding-list.tsx'
import { PlannedChange } from '../parts/operations/planned-change.tsx'
import { Heading } from '../parts/shell/heading.tsx'
import { Empty } from '../parts/states/empty.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { PublishersOnly } from '../parts/states/publishers-only.tsx'
import { Command } from '../parts/words/copy.tsx'

/** Definitions of one drop that are checked: each is a costly request. */
const MOST = 20

/** Local definitions as a publish would see them: what it would find, and what it would do. Nothing is stored. */
export default function Check() {
  return (
    <PublishersOnly title="Check" what="A comparison with what is live, drafts included, is for publishers.">
      <CheckFolders />
    </PublishersOnly>
  )
}

/** A checked definition, or why it could not be checked. */
type Checked = { definition: DroppedDefinition<LocalFile> } & (
  | { comparison: Comparison }
  | { error: unknown }
)

/** What became of a drop. */
interface Run {
  found: number
  /** Files that were dropped. */
  files: number
  checked: Checked[]
}

function CheckFolders() {
  const env = new URLSearchParams(useSearch()).get('env') ?? undefined
  const kinds = useKinds({ env })
  const [run, setRun] = useState<Run>()
  const check = async (files: readonly LocalFile[]) => {
    const definitions = findDefinitions(files, kinds.data?.body.items ?? [])
    const checked: Checked[] = []
    const show = () => setRun({ found: definitions.length, files: files.length, checked: [...checked] })
    show()
    for (const definition of definitions.slice(0, MOST)) {
      checked.push(await checkOne(definition, env))
      show()
    }
  }
  return (
    <div class="page">
      <Heading title="Check" />
      <p class="summary">
        What would a publish of a folder find, and what would it do? Nothing is stored: the folder is compared
        with what is live, and forgotten.
      </p>
      {kinds.error && <ProblemView error={kinds.error} retry={() => kinds.refetch()} />}
      {kinds.data && <DropZone take={check} />}
      {run && <Outcome run={run} />}
      <p class="page-foot">
        <Command text={buildCommand(['nofx', 'registry', 'publish'], { 'dry-run': true, env })} />
      </p>
    </div>
  )
}

async function checkOne(definition: DroppedDefinition<LocalFile>, env: string | undefined): Promise<Checked> {
  try {
    return { definition, comparison: await compareLocal(definition, env) }
  } catch (error) {
    return { definition, error }
  }
}

function Outcome({ run: { found, files, checked } }: { run: Run }) {
  if (found === 0)
    return (
      <Empty command="nofx new agents <id>">
        {files === 0
          ? 'No file was dropped.'
          : `None of ${plural(files, 'file')} is a manifest, such as agent.json.`}
      </Empty>
    )
  const most = Math.min(found, MOST)
  return (
    <>
      <p class="part plan-sum" role="status">
        {checked.length < most
          ? `Checking ${checked.length + 1} of ${most}…`
          : `Checked ${plural(checked.length, 'definition')}. Nothing was stored.`}
        {checked.length === most && found > MOST && ` The other ${found - MOST} were left out.`}
      </p>
      {checked.map((one) => (
        <CheckedDefinition key={`${one.definition.kind}/${one.definition.id}`} checked={one} />
      ))}
    </>
  )
}

function CheckedDefinition({ checked }: { checked: Checked }) {
  const { kind, id } = checked.definition
  if ('error' in checked)
    return (
      <section class="planned" aria-label={`${kind}/${id}`}>
        <h2 class="planned-head">
          {kind}/{id}
        </h2>
        <ProblemView error={checked.error} />
      </section>
    )
  const { findings, more, action, ...rest } = checked.comparison
  const change = { kind, id, action, ...rest }
  const placed = findings.map(({ file, ...finding }) => ({ path: file, ...finding }))
  return (
    <PlannedChange change={change} to={action === 'add' ? undefined : `/${kind}/${id}`}>
      {findings.length === 0 ? (
        <p class="soft note">The rules found nothing.</p>
      ) : (
        <FindingList findings={placed} />
      )}
      {more !== undefined && <p class="soft note">and {plural(more, 'further finding')}</p>}
    </PlannedChange>
  )
}
