import { entry } from '../../../src/api/entry.ts'
import { showInstantiation } from '../../../src/api/routes/operations/instantiations.ts'
import { showPreview } from '../../../src/api/routes/operations/previews.ts'
import { showReport } from '../../../src/api/routes/operations/reports.ts'
import { showRun } from '../../../src/api/routes/operations/runs.ts'
import { endSession, refreshSession } from '../../../src/api/routes/session/keep-session.ts'
import { createSignInCode, signInByCode } from '../../../src/api/routes/session/sign-in-by-code.ts'
import { signInByPassword } from '../../../src/api/routes/session/sign-in-by-password.ts'
import { finishSignIn, startSignIn } from '../../../src/api/routes/session/sign-in-by-provider.ts'
import { showDefinition } from '../../../src/api/routes/show-definition.ts'
import { showRelease } from '../../../src/api/routes/show-release.ts'
import { showSchema } from '../../../src/api/routes/show-schema.ts'
import { validateDefinition } from '../../../src/api/routes/validate.ts'

// The platform reads two path segments below /api as kind and
// id, whatever other files exist: also releases, schemas,
// sessions and validate.
export default entry(
  [
    startSignIn,
    finishSignIn,
    refreshSession,
    endSession,
    signInByCode,
    createSignInCode,
    signInByPassword,
    showRelease,
    showPreview,
    showReport,
    showInstantiation,
    showRun,
    showSchema,
    validateDefinition,
    showDefinition,
  ],
  ['kind', 'id'],
)
