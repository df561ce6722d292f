import { useEffect, useRef } from 'preact/hooks'
import { useSearch } from 'wouter-preact'
import { useRules } from '../data/operations.ts'
import { Heading } from '../parts/shell/heading.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'
import { Command } from '../parts/words/copy.tsx'
import { Foreign } from '../parts/words/foreign.tsx'

/** What each rule asks for; the one that the address names is marked. */
export default function Rules() {
  const named = new URLSearchParams(useSearch()).get('rule')
  const { data, error, refetch } = useRules()
  const marked = useRef<HTMLLIElement>(null)
  useEffect(() => marked.current?.scrollIntoView({ block: 'center' }), [data, named])
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
        {rules?.map(({ id, severity, summary }) => (
          <li
            key={id}
            class="rule"
            ref={id === named ? marked : undefined}
            aria-current={id === named ? 'true' : undefined}
          >
            <code>
              <Foreign text={id} />
            </code>
            <span class={`level ${severity === 'error' ? 'is-high' : 'is-medium'}`}>{severity}</span>
            <span class="rule-summary">
              <Foreign text={summary} />
            </span>
          </li>
        ))}
      </ul>
      <p class="page-foot">
        <Command text="nofx validate" />
      </p>
    </div>
  )
}
