import { useVersionDiff } from '../../data/queries.ts'
import { ProblemView } from '../states/problem.tsx'
import { Skeleton } from '../states/skeleton.tsx'
import { FieldChanges } from './field-changes.tsx'
import { PatchView } from './patch-view.tsx'
import { RiskList } from './risk-list.tsx'

interface SummaryProps {
  kind: string
  id: string
  from: number
  to: number
  env?: string
}

/** What differs between two versions, inside of another page. */
export function DiffSummary(asked: SummaryProps) {
  const { data, error, refetch } = useVersionDiff({ ...asked, context: 3 })
  if (!data) return error ? <ProblemView error={error} retry={() => refetch()} /> : <Skeleton rows={3} />
  const { risks, fields, files } = data.body
  if (risks.length + fields.length + files.length === 0)
    return <p class="soft note">These two versions have the same content.</p>
  return (
    <div class="diff-summary">
      <RiskList risks={risks} />
      <FieldChanges fields={fields} />
      {files.map((file) => (
        <PatchView key={file.path} file={file} isSplit={false} showsBlanks target="" />
      ))}
    </div>
  )
}
