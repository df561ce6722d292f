import { functionAt } from '../dist/functions/index.mjs'

export default functionAt('health')
