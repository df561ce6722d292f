import type { AddedWebhook, RotatedWebhook, Webhook } from '../../contract/protocol/webhooks.ts'
import { SUPABASE, VERCEL } from '../../core/foreign-commands.ts'
import type { Screen } from '../terminal/screen.ts'
import { type TableColumn, table } from './table.ts'

/** `leave` is the order in which a narrow screen leaves columns out. */
export const WEBHOOK_COLUMNS: TableColumn<Webhook>[] = [
  { heading: 'WEBHOOK', of: ({ id }) => id },
  { heading: 'STATE', of: ({ state }) => state },
  { heading: 'CURSOR', of: ({ cursor }) => cursor, leave: 1 },
  { heading: 'LAG', of: ({ lag }) => lag },
  { heading: 'DEAD', of: ({ deadLetters }) => deadLetters.length || '' },
  { heading: 'WANTS', of: wants, least: 10, leave: 2 },
  { heading: 'URL', of: ({ url }) => url, least: 16, middle: true },
  { heading: 'LAST ERROR', of: ({ lastError }) => lastError ?? '', least: 14, leave: 3 },
]

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

export function presentWebhooks(webhooks: readonly Webhook[], screen: Screen): string {
  if (webhooks.length === 0) return 'There are no webhooks. Add one: nofx webhooks add <url>'
  return table(WEBHOOK_COLUMNS, webhooks, screen)
}

function wants({ deployment, kinds, types, audience }: Webhook): string {
  const what = [...kinds, ...types].join(' ') || 'everything'
  return deployment ? 'deployment' : audience === 'publisher' ? `${what}, drafts too` : what
}
