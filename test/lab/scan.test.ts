import { expect, it } from 'vitest'
import { scenarios } from '../../src/lab/scenarios.js'
import { describeLab } from './describe-lab.js'
import { complaints, scanScenario } from './scan-scenario.js'

describeLab('scan of a live segment', () => {
  it.concurrent.each(scenarios)('$name: $summary', async (scenario) => {
    expect(complaints(scenario, await scanScenario(scenario, 0))).toEqual([])
  })
})
