import { useParams } from 'wouter-preact'
import { useMoment } from '../data/moment.ts'
import { useDefinition } from '../data/queries.ts'
import { DefinitionHeading } from '../parts/definition/definition-heading.tsx'
import { InstantiateForm } from '../parts/instantiate/instantiate-form.tsx'
import { Pending } from '../parts/states/pending.tsx'
import { ProblemView } from '../parts/states/problem.tsx'

/** A form made from the parameters of a template, and beside it the plan that they make. */
export default function Instantiate() {
  const { kind = '', id = '' } = useParams<{ kind: string; id: string }>()
  const { env } = useMoment()
  const { data, error, refetch } = useDefinition(kind, id, { env })
  if (!data) return <Pending title={id} error={error} retry={() => refetch()} />
  return (
    <div class="page">
      {error && <ProblemView error={error} retry={() => refetch()} />}
      <DefinitionHeading definition={data.body} tab="/instantiate" />
      {/* Another version may have other parameters. */}
      <InstantiateForm key={data.body.digest} definition={data.body} env={env} />
    </div>
  )
}
