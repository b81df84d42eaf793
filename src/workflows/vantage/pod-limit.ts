/** Longer than that nothing of ours may ask or listen in a cluster: nobody can end it when we have died. */
export const MOST_POD_MINUTES = 10
