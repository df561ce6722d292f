import type { AddedWebhook, RotatedWebhook, Webhook } from '../../contract/protocol/webhooks.ts'
import { SUPABASE, VERCEL } from '../../core/foreign-commands.ts'
import { printableText } from '../../core/printable.ts'
import { table } from './table.ts'

/** A new webhook with its secret, which is shown only here. */
export function presentAdded({ id, secret, cursor }: AddedWebhook, deployment: boolean): string {
  const next = deployment
    ? [
        'Set it in both places, then deploy again:',
        `  ${SUPABASE.setEventsSecret}`,
        `  ${VERCEL.addSecret.replace('<name>', 'NOFX_EVENTS_SECRET')}`,
      ]
    : [`Try it: nofx webhooks test ${id}`]
  return [
    `Added ${id}: it gets everything after event ${cursor}.`,
    `  secret  ${secret}`,
    'Keep the secret now; it is not shown again.',
    ...next,
  ].join('\n')
}

/** A new secret, shown once like the first one. */
export function presentRotated({ id, secret, oldSecretUntil }: RotatedWebhook): string {
  return [
    `${id} has a new secret; the old one is valid until ${oldSecretUntil}.`,
    `  secret  ${secret}`,
    'Keep the secret now; it is not shown again.',
  ].join('\n')
}

export function presentWebhooks(webhooks: readonly Webhook[]): string {
  if (webhooks.length === 0) return 'There are no webhooks. Add one: nofx webhooks add <url>'
  const rows = webhooks.map((webhook) => [
    webhook.id,
    webhook.state,
    webhook.cursor,
    webhook.lag,
    webhook.deadLetters.length || '',
    wants(webhook),
    webhook.url,
    webhook.lastError ?? '',
  ])
  return printableText(
    table(['WEBHOOK', 'STATE', 'CURSOR', 'LAG', 'DEAD', 'WANTS', 'URL', 'LAST ERROR'], rows),
  )
}

function wants({ deployment, kinds, types, audience }: Webhook): string {
  const what = [...kinds, ...types].join(' ') || 'everything'
  return deployment ? 'deployment' : audience === 'publisher' ? `${what}, drafts too` : what
}
