import { Failure } from '../../contract/failure.ts'
import type { DoctorCheck } from '../../core/doctor.ts'
import { SUPABASE } from '../../core/foreign-commands.ts'
import { listMigrations } from '../embedded/database/migrations.ts'
import type { HostedConfig } from './hosted-config.ts'
import { readSetup, type SetupState } from './setup.ts'

/** The command that makes what the migrations cannot make. */
const SET_UP = 'nofx doctor --setup'

/** Checks the parts of a project that only its owner sees. */
export async function examineDatabase(hosted: HostedConfig): Promise<DoctorCheck[]> {
  if (hosted.via !== 'secret') {
    const detail = 'not seen: migrations, bucket, Realtime policy and forwarder need SUPABASE_SECRET_KEY'
    return [{ name: 'database', state: 'skipped', detail }]
  }
  try {
    const state = await readSetup(hosted)
    return [checkMigrations(state), checkBucket(state), checkListening(state), checkForwarder(state)]
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [{ name: 'database', state: 'failed', detail: error.message, fix: error.hint }]
  }
}

function checkMigrations({ migrations }: SetupState): DoctorCheck {
  const all = listMigrations()
  const missing = all.filter(({ version }) => !migrations.includes(version))
  const name = 'migrations'
  if (missing.length > 0) {
    const detail = `${missing.length} of ${all.length} are not applied`
    return { name, state: 'failed', detail, fix: SUPABASE.pushDatabase }
  }
  const newer = migrations.filter((version) => version > (all.at(-1)?.version ?? ''))
  const detail = newer.length > 0 ? `all applied, and ${newer.length} of a newer NOFX` : 'all applied'
  return { name, state: 'ok', detail }
}

function checkBucket({ bucket }: SetupState): DoctorCheck {
  const name = 'bucket'
  if (bucket === 'private') return { name, state: 'ok', detail: '"registry" is private' }
  if (bucket === 'missing') return { name, state: 'failed', detail: '"registry" is missing', fix: SET_UP }
  return { name, state: 'failed', detail: '"registry" is public, so drafts are public', fix: SET_UP }
}

function checkListening({ listen }: SetupState): DoctorCheck {
  const name = 'realtime'
  if (listen) return { name, state: 'ok', detail: 'publishers may join the channel of drafts' }
  if (listen === null)
    return { name, state: 'skipped', detail: 'this project has no Realtime; consumers read the feed' }
  return { name, state: 'warning', detail: 'the policy of the channel of drafts is missing', fix: SET_UP }
}

function checkForwarder({ forwarder, secrets, webhooks }: SetupState): DoctorCheck {
  const name = 'forwarder'
  if (forwarder && secrets) return { name, state: 'ok', detail: 'cron calls it every 10 seconds' }
  const lacks = [!forwarder && 'its schedule (cron)', !secrets && 'its secrets (Vault)'].filter(Boolean)
  const detail = `${lacks.join(' and ')} ${lacks.length === 1 ? 'is' : 'are'} missing`
  // Without the Vault the set-up would be refused.
  const fix =
    secrets === null
      ? `enable supabase_vault in the dashboard (Database → Extensions), then run: ${SET_UP}`
      : SET_UP
  const waiting = webhooks === 1 ? '1 webhook waits' : `${webhooks} webhooks wait`
  if (webhooks > 0) return { name, state: 'failed', detail: `${detail}, and ${waiting}`, fix }
  return { name, state: 'warning', detail: `${detail}; webhooks need it`, fix }
}
