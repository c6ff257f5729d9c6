// Receives Ringtrue's webhooks: verifies either signature, takes each delivery once.
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/golang-jwt/jwt/v5"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// One secret; two while it is rotated.
var secrets = strings.Split(os.Getenv("WEBHOOK_SECRETS"), ",")

// "standard", "jwt", or both. One is enough; checking both shows how.
var verify = os.Getenv("VERIFY")

// In earnest a table with a unique column, written together with what the events cause. Whoever verifies the JWT only
// remembers each eventId instead: that signature does not cover the webhook-id.
var seen = map[string]bool{}

// One delivery at a time: a repeat waits for the end of the first.
var turn sync.Mutex

// Standard Webhooks: one of our secrets made one of the signatures, at most five minutes ago.
func verifyStandard(headers http.Header, body []byte) bool {
	for _, secret := range secrets {
		if hook, err := standardwebhooks.NewWebhook(secret); err == nil && hook.Verify(body, headers) == nil {
			return true
		}
	}
	return false
}

// The JWT: one of our secrets made it, it has not expired, and it is about this body. While a secret is rotated, the
// newer one signs X-Prove-Authorization-Next.
func verifyJWT(headers http.Header, body []byte) bool {
	hash := sha256.Sum256(body)
	bodyHash := base64.RawURLEncoding.EncodeToString(hash[:])
	for _, name := range []string{"X-Prove-Authorization", "X-Prove-Authorization-Next"} {
		token := strings.TrimPrefix(headers.Get(name), "Bearer ")
		for _, secret := range secrets {
			claims := jwt.MapClaims{}
			key := func(*jwt.Token) (any, error) { return []byte(secret), nil }
			_, err := jwt.ParseWithClaims(token, claims, key, jwt.WithValidMethods([]string{"HS256"}),
				jwt.WithIssuer("Prove Identity"), jwt.WithExpirationRequired())
			if err == nil && claims["bsh"] == bodyHash {
				return true
			}
		}
	}
	return false
}

func hook(response http.ResponseWriter, request *http.Request) {
	// The bytes as they came: JSON that was parsed and written again has another signature.
	body, err := io.ReadAll(request.Body)
	good := err == nil && (verify == "jwt" || verifyStandard(request.Header, body)) &&
		(verify == "standard" || verifyJWT(request.Header, body))
	id := request.Header.Get("webhook-id")
	if !good || id == "" {
		response.WriteHeader(http.StatusUnauthorized)
		return
	}
	turn.Lock()
	defer turn.Unlock()
	if !seen[id] {
		var events []struct{ EventType, EventID string }
		if json.Unmarshal(body, &events) != nil {
			response.WriteHeader(http.StatusBadRequest)
			return
		}
		for _, event := range events {
			fmt.Println(event.EventType, event.EventID)
		}
		// Only now: what failed half way has to come again.
		seen[id] = true
	}
	response.WriteHeader(http.StatusOK)
}

func main() {
	if os.Getenv("WEBHOOK_SECRETS") == "" {
		panic("WEBHOOK_SECRETS is not set")
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "3000"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		panic(err)
	}
	fmt.Println("listening on", listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, http.HandlerFunc(hook)))
}
