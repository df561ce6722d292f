import * as Flags from '@oclif/core/flags'
import type { EnableRequest, ReleaseResult } from '../../contract/protocol/sync.ts'
import type { Keyless } from '../../core/registry/build-key.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { env } from '../env-flag.ts'
import { idempotencyKey } from '../idempotency-key-flag.ts'
import type { Released } from '../present/describe-release.ts'
import { TreeCommand } from '../tree-command.ts'
import { requireDefinition } from './definition-args.ts'
import { requireHead } from './require-head.ts'
import { versionFlag } from './version-flag.ts'

/** What the command line says. */
interface SwitchInput {
  args: { kind: string; id?: string | undefined }
  flags: {
    reason: string
    expect?: number | undefined
    force?: boolean
    'dry-run'?: boolean
    'idempotency-key'?: string
  }
}

/** The flags of every switch. */
export const switchFlags = {
  env,
  'idempotency-key': idempotencyKey,
  reason: Flags.string({ description: 'why, for the history', required: true }),
  expect: versionFlag({ description: 'refuse unless this is the newest version' }),
  'dry-run': Flags.boolean({ description: 'show what would happen and write nothing' }),
}

/** What `registry disable` and `registry enable` share. */
export abstract class SwitchCommand extends TreeCommand {
  /** Sends the switch to the registry, and answers with the release. */
  protected async switch(
    verb: 'disable' | 'enable',
    { args, flags }: SwitchInput,
    send: (registry: Registry, request: Keyless<EnableRequest>) => Promise<ReleaseResult>,
  ): Promise<Released> {
    const kinds = await this.kinds()
    const { kind, id } = requireDefinition(kinds, args, `registry ${verb}`)
    const registry = await this.registry(kinds)
    const head = await requireHead(registry, kind.id, id, kinds)
    const versions = { expectedVersion: flags.expect, seenVersion: head.latestVersion }
    const { reason } = flags
    const intent = await this.intent(flags)
    const forced = flags.force === undefined ? {} : { force: flags.force }
    const result = await send(registry, { kind: kind.id, id, ...versions, reason, ...forced, ...intent })
    return this.answerReleased(result, registry, kinds, { verb, reason, ...intent })
  }
}
