import { useState } from 'preact/hooks'
import { testWebhook, useWebhooks, type Webhook } from '../data/operations.ts'
import { lacks, useSession } from '../data/session.ts'
import { plural } from '../model/texts/plural.ts'
import { Heading } from '../parts/shell/heading.tsx'
import { Empty } from '../parts/states/empty.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { PublishersOnly } from '../parts/states/publishers-only.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'
import { Command } from '../parts/words/copy.tsx'
import { Foreign } from '../parts/words/foreign.tsx'
import { Tag } from '../parts/words/tag.tsx'
import { Time } from '../parts/words/time.tsx'

/** Where the change feed is sent, and whether it arrives. */
export default function Webhooks() {
  return (
    <PublishersOnly title="Webhooks" what="Where the change feed is sent is shown to publishers.">
      <WebhookList />
    </PublishersOnly>
  )
}

function WebhookList() {
  const { data, error, refetch } = useWebhooks()
  return (
    <div class="page">
      <Heading title="Webhooks" />
      {error && <ProblemView error={error} retry={() => refetch()} />}
      {!data ? (
        !error && <Skeleton />
      ) : data.body.items.length === 0 ? (
        <Empty command="nofx webhooks add <url>">
          A webhook gets every change of the registry, signed. They are added in the terminal, where the
          secret is shown once.
        </Empty>
      ) : (
        <ul class="webhooks">
          {data.body.items.map((webhook) => (
            <WebhookRow key={webhook.id} webhook={webhook} />
          ))}
        </ul>
      )}
      <p class="page-foot">
        <Command text="nofx webhooks list" />
      </p>
    </div>
  )
}

const STATES: Readonly<Record<Webhook['state'], string>> = {
  active: 'is-live',
  failing: 'is-danger',
  disabled: 'is-soft',
}

function WebhookRow({ webhook }: { webhook: Webhook }) {
  const { id, url, state, deployment, audience, kinds, types, lastStatus, lastError } = webhook
  const canTest = !lacks(useSession(), 'webhook-tests')
  return (
    <li class="webhook">
      <div class="webhook-head">
        <span class={`status ${STATES[state]}`}>
          <span class="dot" aria-hidden="true" />
          {state}
        </span>
        <code class="webhook-url">
          <Foreign text={url} />
        </code>
        {deployment && <Tag tone="live">deployment</Tag>}
        {canTest && <Ping id={id} />}
      </div>
      <p class="line soft">
        <Delivery webhook={webhook} />
        <span>to {audience === 'public' ? 'everybody' : 'publishers'}</span>
        {kinds.length > 0 && <span>only {kinds.join(', ')}</span>}
        {types.length > 0 && <span>only {types.join(', ')}</span>}
        <code>{id}</code>
      </p>
      {state !== 'active' && (lastError ?? lastStatus) !== null && (
        <p class="note is-danger">
          {lastStatus !== null && `It answered ${lastStatus}. `}
          {lastError && <Foreign text={lastError} />}
        </p>
      )}
      <DeadLetters webhook={webhook} />
    </li>
  )
}

/** How far the feed has come. */
function Delivery({
  webhook: { lag, deliveredAt, attempts, nextAt, lastStatus, state },
}: {
  webhook: Webhook
}) {
  return (
    <>
      <span class={lag > 0 ? 'is-attention' : undefined}>
        {lag === 0 ? 'up to date' : `${plural(lag, 'event')} behind`}
      </span>
      {deliveredAt ? (
        <span>
          delivered <Time iso={deliveredAt} />
        </span>
      ) : (
        <span>nothing delivered yet</span>
      )}
      {state === 'active' && lastStatus !== null && <span>answered {lastStatus}</span>}
      {attempts > 0 && (
        <span>
          {plural(attempts, 'attempt')}
          {nextAt && (
            <>
              , the next <Time iso={nextAt} />
            </>
          )}
        </span>
      )}
    </>
  )
}

function DeadLetters({ webhook: { deadLetters } }: { webhook: Webhook }) {
  if (deadLetters.length === 0) return null
  return (
    <details class="deep">
      <summary class="is-danger">{plural(deadLetters.length, 'dead letter')}</summary>
      <ul class="plain-list">
        {deadLetters.map(({ since, cursor, attempts, lastStatus, lastError, at }) => (
          <li key={`${since} ${cursor}`}>
            events {since + 1} to {cursor}, given up <Time iso={at} /> after {plural(attempts, 'attempt')}
            {lastStatus !== null && `, answered ${lastStatus}`}
            {lastError && (
              <>
                {': '}
                <Foreign text={lastError} />
              </>
            )}
          </li>
        ))}
      </ul>
    </details>
  )
}

type Outcome = { text: string; isGood: boolean } | { error: unknown }

/** Sends a ping, and tells in place what the receiver answered. */
function Ping({ id }: { id: string }) {
  const [outcome, setOutcome] = useState<Outcome>()
  const [isSending, setSending] = useState(false)
  const send = async () => {
    setSending(true)
    setOutcome(await ping(id))
    setSending(false)
  }
  return (
    <span class="webhook-test">
      <span role="status">
        {outcome && 'text' in outcome && (
          <span class={outcome.isGood ? 'is-live' : 'is-danger'}>
            <Foreign text={outcome.text} />
          </span>
        )}
      </span>
      <button type="button" aria-disabled={isSending} onClick={() => !isSending && send()}>
        {isSending ? 'Sending…' : 'Send a ping'}
      </button>
      {outcome && 'error' in outcome && <ProblemView error={outcome.error} />}
    </span>
  )
}

async function ping(id: string): Promise<Outcome> {
  try {
    const { status, ms, error } = (await testWebhook(id)).body
    const answer = status === null ? 'no answer' : `answered ${status}`
    const isGood = status !== null && status >= 200 && status < 300
    return {
      isGood,
      text: `${answer} in ${Math.round(ms).toLocaleString('en')} ms${error ? `: ${error}` : ''}`,
    }
  } catch (error) {
    return { error }
  }
}
