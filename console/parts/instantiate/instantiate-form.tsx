import { useMemo, useRef, useState } from 'preact/hooks'
import { useEntries } from '../../data/form-draft.ts'
import { type Making, type Trial, useMaking, useTrial } from '../../data/instantiate.ts'
import { Problem } from '../../data/problem.ts'
import type { Definition } from '../../data/queries.ts'
import { useSession } from '../../data/session.ts'
import { useKind } from '../../data/use-kind.ts'
import { inAuthorsOrder } from '../../model/plans/authors-order.ts'
import { type Field, listFields } from '../../model/plans/form-of-schema.ts'
import { instantiateCommand, instantiateRequest } from '../../model/plans/instantiate-command.ts'
import { type Entries, valuesOf } from '../../model/plans/value-of-form.ts'
import { useObstacle } from '../moves/use-obstacle.ts'
import { SignInWays } from '../session/sign-in-ways.tsx'
import { Command } from '../words/copy.tsx'
import { ExampleChoice } from './example-choice.tsx'
import { Findings, type ValueFinding } from './field-props.ts'
import { Fields } from './field-view.tsx'
import { PlanColumn } from './plan-column.tsx'
import { Summary } from './summary.tsx'

interface FormProps {
  definition: Definition
  env: string | undefined
}

/** The parameters on one side, the plan that they make on the other, checked as they are typed. */
export function InstantiateForm({ definition, env }: FormProps) {
  const { kind, id, manifest } = definition
  const fields = useFields(definition)
  const { entries, change: keep, forgetSecrets } = useEntries(`${kind}/${id} ${env ?? ''}`, fields)
  const [touched, setTouched] = useState(false)
  const summary = useRef<HTMLElement>(null)
  const parameters = valuesOf(fields, entries)
  const wanted = { kind, id, env, parameters }
  const { signedIn, isKnown } = useSession()
  const { making, make, again } = useMaking(forgetSecrets)
  const trial = useTrial(wanted, !signedIn || making.state === 'made')
  const missing = useObstacle() ?? missingIn(trial, making)
  const findings = findingsIn(trial, making)
  const change = (next: Entries) => {
    keep(next)
    if (making.state !== 'none') again()
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    setTouched(true)
    if (missing === undefined) void make(wanted)
    else requestAnimationFrame(() => summary.current?.focus())
  }
  return (
    <div class="instantiate">
      <form class="parameters" onSubmit={submit} noValidate>
        {isKnown && !signedIn && <SignInWays to={`/${kind}/${id}/instantiate`} keepsPage />}
        <ExampleChoice manifest={manifest} fields={fields} choose={change} />
        {touched && <Summary findings={findings} box={summary} />}
        <Findings.Provider value={touched ? findings : onlyWrong(findings, entries)}>
          <Fields fields={fields} path="" entries={entries} change={change} />
        </Findings.Provider>
        <SubmitRow making={making} missing={missing} clear={() => change({})} />
        <Commands given={{ kind, id, fields, values: parameters, env }} />
      </form>
      <PlanColumn trial={trial} making={making} retry={() => void make(wanted)} />
    </div>
  )
}

function useFields({ kind, manifest, texts }: Definition): readonly Field[] {
  const file = texts[useKind(kind)?.manifestFile ?? '']
  return useMemo(() => listFields(inAuthorsOrder(manifest.parameters, file, 'parameters')), [manifest, file])
}

function Commands({ given }: { given: Parameters<typeof instantiateCommand>[0] }) {
  return (
    <>
      <Command text={instantiateCommand(given)} />
      <Command text={instantiateRequest(given, location.origin)} />
    </>
  )
}

interface SubmitProps {
  making: Making
  missing: string | undefined
  clear: () => void
}

function SubmitRow({ making, missing, clear }: SubmitProps) {
  return (
    <div class="sheet-buttons">
      <button
        type="submit"
        class="is-primary"
        aria-disabled={missing !== undefined}
        aria-describedby="plan-missing"
      >
        {making.state === 'sending' ? 'Sending…' : 'Make the plan'}
      </button>
      <button type="button" class="quiet" onClick={clear}>
        Clear
      </button>
      <span id="plan-missing" class="soft" role="status">
        {missing}
      </span>
    </div>
  )
}

/** Why the plan cannot be made now; undefined if it can. */
function missingIn({ plan, problem, isBusy }: Trial, making: Making): string | undefined {
  if (making.state === 'sending') return 'Waiting for the answer.'
  if (making.state === 'lost') return 'An answer is missing: try again beside.'
  if (making.state === 'made') return 'The plan is made. Change a value to make another.'
  if (isBusy) return 'Checking.'
  if (problem !== undefined || !plan) return 'There is no plan yet.'
  return undefined
}

function findingsIn(trial: Trial, making: Making): readonly ValueFinding[] {
  const problem = making.state === 'refused' ? making.problem : trial.problem
  return problem instanceof Problem ? problem.fields : []
}

/** Before the first attempt, a field that was not reached yet shows no fault. */
function onlyWrong(findings: readonly ValueFinding[], entries: Entries): readonly ValueFinding[] {
  return findings.filter(({ field }) => {
    const [top = ''] = field.split(/[.[]/)
    return entries[top] !== undefined && entries[top] !== ''
  })
}
