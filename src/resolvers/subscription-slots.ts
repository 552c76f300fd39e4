/** Counts the open subscriptions of one client. */
export interface SubscriptionSlots {
  /** Takes a slot and returns the function that gives it back (once). Throws OverloadedError when none is free. */
  acquire(): () => void;
}
