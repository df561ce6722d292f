import { render } from 'preact'
import { App } from './app.tsx'
import { openSession } from './data/session.ts'
import { applyTheme } from './parts/theme-switch.tsx'

applyTheme()
const root = document.getElementById('console')
// A page without an answer about the session still shows what everybody may read.
await openSession().catch(() => undefined)
if (root) render(<App />, root)
