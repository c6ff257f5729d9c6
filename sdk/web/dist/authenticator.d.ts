/**
 * A promise that can be given up.
 *
 * @example
 * const running: CancelablePromise<void> = authenticator.authenticate(authToken);
 * cancelButton.onclick = () => running.cancel();
 */
export interface CancelablePromise<T> extends Promise<T> {
    /**
     * Ends the flow: what runs is aborted, the server is told once, the auth finish step runs and the promise resolves.
     * Does nothing after the flow's end.
     */
    cancel(): void;
}
/**
 * Runs flows in this page. Built by `AuthenticatorBuilder`.
 *
 * @example
 * const authenticator: Authenticator = new AuthenticatorBuilder().withOtpFallback(start, finish).build();
 * await authenticator.authenticate(authToken);
 */
export interface Authenticator {
    /**
     * Runs the flow of an authToken that the page's own server got, and resolves when it is over. That proves nothing: the page's
     * server asks verify-status. Takes up the flow of `pendingAuthToken()` where it was, without having anything sent again.
     *
     * Rejects with a `RingtrueError`.
     *
     * @example
     * await authenticator.authenticate(authenticator.pendingAuthToken() ?? (await newAuthToken()));
     */
    authenticate(authToken: string): CancelablePromise<void>;
    /**
     * The authToken of a flow that this tab started and did not finish, or null: the page was reloaded. Never throws.
     *
     * @example
     * const token = authenticator.pendingAuthToken();
     * if (token) await authenticator.authenticate(token);
     */
    pendingAuthToken(): string | null;
    /**
     * Whether this browser runs on a phone or tablet, by its user agent.
     *
     * @example
     * const possessionType = authenticator.isMobileWeb() ? 'mobile' : 'desktop';
     */
    isMobileWeb(): boolean;
    /**
     * For the page that an opened link leads to: runs the auth finish step with the link's authId. Makes no call of its own.
     * Rejects with code `invalid_link` when the address is not that of an opened link.
     *
     * @example
     * await authenticator.finishInstantLink(location.href);
     */
    finishInstantLink(url: string): Promise<void>;
    /**
     * Whether this browser holds a device key. The server offers none yet, so: false.
     *
     * @example
     * if (await authenticator.isDeviceRegistered()) showForgetDeviceButton();
     */
    isDeviceRegistered(): Promise<boolean>;
    /**
     * The id of this browser's device key. The server offers none yet, so: null.
     *
     * @example
     * const deviceId = authenticator.getDeviceId();
     */
    getDeviceId(): string | null;
    /**
     * Forgets this browser's device key. There is none yet, so it resolves without a call.
     *
     * @example
     * await authenticator.unregisterDevice();
     */
    unregisterDevice(): Promise<void>;
}
