import { useEffect, useRef } from 'preact/hooks'
import { useSearch } from 'wouter-preact'
import { type Rule, useRules } from '../data/operations.ts'
import { Heading } from '../parts/shell/heading.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'
import { Command } from '../parts/words/copy.tsx'
import { Foreign } from '../parts/words/foreign.tsx'

/** What each rule asks for; the one that the address names is marked. */
export default function Rules() {
  const named = new URLSearchParams(useSearch()).get('rule')
  const { data, error, refetch } = useRules()
  const rules = data?.body.items
  return (
    <div class="page">
      <div class="page-head">
        <Heading title="Rules" />
        {rules && <span class="soft total">{rules.length.toLocaleString('en')}</span>}
      </div>
      {error && <ProblemView error={error} retry={() => refetch()} />}
      {!rules && !error && <Skeleton rows={8} />}
      {rules && named && !rules.some(({ id }) => id === named) && (
        <p class="note is-attention">
          This server has no rule <Foreign text={named} />: another version or a plugin has it.
        </p>
      )}
      <ul class="rules">
        {rules?.map((rule) => (
          <RuleRow key={rule.id} rule={rule} isNamed={rule.id === named} />
        ))}
      </ul>
      <p class="page-foot">
        <Command text="nofx validate" />
      </p>
    </div>
  )
}

function RuleRow({ rule: { id, severity, summary }, isNamed }: { rule: Rule; isNamed: boolean }) {
  const row = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (isNamed) row.current?.scrollIntoView({ block: 'center' })
  }, [isNamed])
  return (
    <li ref={row} class="rule" aria-current={isNamed ? 'true' : undefined}>
      <code>
        <Foreign text={id} />
      </code>
      <span class={`level ${severity === 'error' ? 'is-high' : 'is-medium'}`}>{severity}</span>
      <span class="rule-summary">
        <Foreign text={summary} />
      </span>
    </li>
  )
}
