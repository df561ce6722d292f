import { render } from 'preact'
import { App } from './app.tsx'
import { applyTheme } from './parts/shell/theme-switch.tsx'

applyTheme()
const root = document.getElementById('console')
if (root) render(<App />, root)
