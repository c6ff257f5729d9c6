package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// One secret; two while it is rotated.
var secrets = strings.Split(os.Getenv("WEBHOOK_SECRETS"), ",")

func verified(headers http.Header, body []byte) bool {
	for _, secret := range secrets {
		if hook, err := standardwebhooks.NewWebhook(secret); err == nil && hook.Verify(body, headers) == nil {
			return true
		}
	}
	return false
}

func main() {
	http.HandleFunc("/hook", func(response http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil || !verified(request.Header, body) {
			response.WriteHeader(http.StatusUnauthorized)
			return
		}
		var events []struct{ EventType, IdentityID string }
		if json.Unmarshal(body, &events) != nil {
			response.WriteHeader(http.StatusBadRequest)
			return
		}
		// Remember the webhook-id together with what the events cause, and skip one that is known.
		for _, event := range events {
			fmt.Println(event.EventType, event.IdentityID)
		}
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:3000", nil))
}
